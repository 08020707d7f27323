import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** All tests in a real browser, one after the other: `npm run e2e`. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['tests/web/browser/**/*.e2e.ts', 'tests/web/browser/**/*.test.ts'],
    globalSetup: ['tests/one-temp-folder.ts'],
    setupFiles: ['tests/own-folder.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
