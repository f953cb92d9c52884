import { mountPage } from '../staff/mount'
import '../staff/sheet.css'
import '../staff/records/records.css'
import App from './App.vue'

mountPage(App)
