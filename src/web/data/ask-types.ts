/** A passage that an answer rests on. */
export interface Citation {
  readonly chunk_id: string
  readonly document_id: string
  readonly start: number
  readonly end: number
  readonly sentence: { readonly start: number; readonly end: number } | null
  readonly headings: readonly string[]
  readonly page: number | null
}

export interface Reference {
  readonly reference_id: string
  readonly file_path: string
  readonly citations: readonly Citation[]
  /** The passages as text, one for each citation; only for those who may read documents. */
  readonly content?: readonly string[]
}

export const MODES = ['mix', 'hybrid', 'local', 'global', 'naive', 'bypass'] as const
export type Mode = (typeof MODES)[number]

/** One question, and what came of it. */
export interface Turn {
  readonly id: string
  readonly question: string
  readonly answer: string
  readonly references: readonly Reference[]
  readonly mode: Mode
  readonly askedAt: string
  /** `stopped`: by whoever asked. */
  readonly state: 'streaming' | 'done' | 'stopped' | 'failed'
  /** What broke it off, as the server said it. */
  readonly problem?: string
  /** Why the model did not finish. */
  readonly cut?: string
  /** Milliseconds until the first word, and until the end. */
  readonly times?: { readonly first: number; readonly whole: number }
}

export interface Conversation {
  readonly id: string
  readonly scope: string
  readonly title: string
  readonly changedAt: string
  readonly isPinned: boolean
  readonly turns: readonly Turn[]
}
