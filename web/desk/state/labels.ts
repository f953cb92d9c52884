import { shallowRef } from 'vue'
import { desk } from '../api/calls'

const labels = shallowRef<string[]>([])
let asked: Promise<void> | null = null

/** Labels to choose from; free ones may be typed where this is empty. */
export function useLabels() {
  asked ??= desk.labels().then(
    (answer) => void (labels.value = answer.labels),
    () => void (asked = null),
  )
  return labels
}
