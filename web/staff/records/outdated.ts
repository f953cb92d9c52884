import { ApiError } from '@shared/index'

/** Refusals that say the record is no longer as the page shows it; any other is about what was chosen or typed. */
const CODES = new Set([
  'changed_meanwhile', 'not_now', 'case_ended', 'answered_already', 'already_answered', 'done_already', 'linked_already', 'card_step', 'nothing_to_urge',
  'asked_already', 'full', 'joined_already', 'matched_already', 'closed_already',
])

/** Somebody else changed it first: what is on the page is old. */
export const isOutdated = (error: unknown): boolean => error instanceof ApiError && CODES.has(error.code)
