import { computed, type ComputedRef } from 'vue'
import type { Region } from '@shared/index'
import { useRegions } from './menu'

/** The region tree for choosing, with the whole country in it. */
export function useRegionTree(): ComputedRef<Region[]> {
  const regions = useRegions()
  return computed(() =>
    regions.value.some((region) => region.code === '000000')
      ? regions.value
      : [{ code: '000000', name: '全国', children: [] }, ...regions.value])
}
