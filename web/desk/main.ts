import { mountPage } from '../staff/mount'
import App from './App.vue'

mountPage(App)
