import { mountPage } from '../staff/mount'
import '../manage/manage.css'
import '../office/office.css'
import App from './App.vue'

mountPage(App)
