import { page } from './vite.page.ts'

export default page({ name: 'unit', port: 5179, backend: process.env.HUICAI_BACKEND })
