import { reactive, watch } from 'vue'
import { recall, remember } from './storage'

export type TypeSize = 'small' | 'normal' | 'large'

export interface Reading {
  size: TypeSize
  elder: boolean
}

const NAME = 'huicai.reading'

/** Type size and 长辈版, remembered on this device. */
export function useReading(): Reading {
  const reading = reactive<Reading>({ size: 'normal', elder: false, ...recall<Partial<Reading>>(NAME) })
  watch(reading, (value) => remember(NAME, value))
  return reading
}
