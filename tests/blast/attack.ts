import type { Caller } from './caller.ts'

/** Plays the input once; called again and again for as long as the attack lasts. */
export type Play = (turn: number) => Promise<void>

export interface Attack {
  readonly name: string
  /** A stranger has no credential; a member belongs to a tenant of the control database. */
  readonly by: 'tenant' | 'stranger' | 'member'
  /** Whether the server keeps tenants in a control database; for a member it does. */
  readonly managed?: boolean
  /** How many play at once; 4 unless told. */
  readonly lanes?: number
  /** Makes the input, and what has to be there for it, before anything is measured. */
  ready(caller: Caller): Play | Promise<Play>
}

export interface AttackKind {
  readonly kind: string
  readonly attacks: readonly Attack[]
}
