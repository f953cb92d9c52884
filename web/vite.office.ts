import { page } from './vite.page.ts'

export default page({ name: 'office', port: 5178, backend: process.env.HUICAI_BACKEND })
