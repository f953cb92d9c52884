import { mountPage } from '../staff/mount'
import '../staff/sheet.css'
import './office.css'
import App from './App.vue'

mountPage(App)
