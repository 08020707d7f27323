import type { HoleMutation } from '../mutation.ts'
import { FORK_ACCESS } from './fork-access.ts'
import { FORK_DATA } from './fork-data.ts'
import { OWN_MANAGEMENT } from './own-management.ts'
import { RAGFLOW } from './ragflow.ts'

/** Each row of the table in docs/security.md, opened again. */
export const HOLES_OPENED: readonly HoleMutation[] = [
  ...FORK_ACCESS,
  ...FORK_DATA,
  ...RAGFLOW,
  ...OWN_MANAGEMENT,
]
