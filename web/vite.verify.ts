import { page } from './vite.page.ts'

export default page({ name: 'verify', port: 5180, backend: process.env.HUICAI_BACKEND })
