import { mountPage } from '../staff/mount'
import '../staff/sheet.css'
import App from './App.vue'

mountPage(App)
