import { page } from './vite.page.ts'

export default page({ name: 'desk', port: 5174, backend: process.env.HUICAI_BACKEND })
