import { reactive } from 'vue'

/** Standard questions of the keys met so far, for showing instead of the keys. */
export const titles = reactive(new Map<string, string>())
