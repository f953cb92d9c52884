import { page } from './vite.page.ts'

export default page({ name: 'manage', port: 5177, backend: process.env.HUICAI_BACKEND })
