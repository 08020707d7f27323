import { oneOf } from './env-fields.ts'

/** The variables of the log. */
export const LOG_FIELDS = {
  LOG_LEVEL: oneOf(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
    'Least level that is logged.',
  ),
  LOG_FORMAT: oneOf(
    ['auto', 'json', 'pretty'],
    'auto',
    'How lines look: pretty for people, json for programs; auto = pretty on a terminal.',
  ),
} as const
