import { HOLES_OPENED } from './holes/holes-opened.ts'
import type { Mutation } from './mutation.ts'
import { NAME_PROTECTIONS } from './name-protections.ts'
import { PROTECTIONS } from './protections.ts'
import { SHARE_PROTECTIONS } from './share-protections.ts'
import { THREAD_PROTECTIONS } from './thread-protections.ts'

export const ALL_MUTATIONS: readonly Mutation[] = [
  ...PROTECTIONS,
  ...NAME_PROTECTIONS,
  ...THREAD_PROTECTIONS,
  ...SHARE_PROTECTIONS,
  ...HOLES_OPENED.map(({ hole, name, edits, test }) => ({
    name: `${hole}: ${name}`,
    edits,
    tests: [test],
  })),
]
