import { page } from './vite.page.ts'

export default page({ name: 'console', port: 5175, backend: process.env.HUICAI_BACKEND })
