import { page } from './vite.page.ts'

export default page({ name: 'docs', port: 5176, backend: process.env.HUICAI_BACKEND })
