/** One thing that a look at a workspace has found. */
export interface Finding {
  /** A note needs no repair. */
  readonly level: 'problem' | 'note'
  /** What was looked at, in a word. */
  readonly check: CheckName
  readonly text: string
}

export type CheckName =
  | 'integrity'
  | 'schema'
  | 'generations'
  | 'references'
  | 'documents'
  | 'graph'
  | 'vectors'
  | 'full-text'
  | 'files'

export function problem(check: CheckName, text: string): Finding {
  return { level: 'problem', check, text }
}

export function note(check: CheckName, text: string): Finding {
  return { level: 'note', check, text }
}
