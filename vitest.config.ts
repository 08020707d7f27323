import { defineConfig } from 'vitest/config'

/** Files whose tests start processes, kill them or may be their end, or change what a process has but once. */
const ALONE = [
  'commands',
  'guarantees',
  'hosts',
  'life',
  'house',
  'mutations',
  'server',
  'texts',
  'threads',
  'web',
].map((folder) => `tests/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    globalSetup: ['tests/one-temp-folder.ts', 'tests/build-once.ts'],
    maxWorkers: 2,
    projects: [
      {
        test: { name: 'alone', include: ALONE, ...limits() },
      },
      {
        // One process loads the sources once for many files.
        test: {
          name: 'together',
          include: ['tests/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          ...limits(),
        },
      },
    ],
  },
})

function limits() {
  return {
    setupFiles: ['tests/own-folder.ts'],
    pool: 'forks' as const,
    // A busy machine takes its time; these end what would never end.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000 } },
  }
}
