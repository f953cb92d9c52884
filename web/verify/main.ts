import { createApp } from 'vue'
import '../widget/styles/base.css'
import '../widget/styles/layout.css'
import '../widget/styles/message.css'
import '../widget/styles/sheet.css'
import '../widget/styles/identity.css'
import './verify.css'
import App from './App.vue'

createApp(App).mount('#app')
