import { mountPage } from '../staff/mount'
import './manage.css'
import App from './App.vue'

mountPage(App)
