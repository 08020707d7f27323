/** A place in the sources, and what stands there once the protection is gone. */
export interface Edit {
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** One protection taken away, and the tests that have to notice. */
export interface Mutation {
  readonly name: string
  readonly edits: readonly Edit[]
  readonly tests: readonly TestChoice[]
}

/** A file of tests, or one test of it, which then has to fail itself. */
export type TestChoice = string | NamedTest

export interface NamedTest {
  readonly file: string
  /** As it stands in the source: a `%` placeholder matches anything. */
  readonly title: string
}

/** Names tests of one file by their titles. */
export function testsOf(file: string): (title: string) => NamedTest {
  return (title) => ({ file, title })
}

/** A hole of docs/security.md opened again, and the test which that page names for it. */
export interface HoleMutation {
  readonly hole: string
  /** What is broken, as a sentence. */
  readonly name: string
  readonly edits: readonly Edit[]
  readonly test: NamedTest
}
