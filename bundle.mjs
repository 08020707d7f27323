import { chmod, cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('./', import.meta.url))

/** Native, or with files of their own beside the code, or loaded by name in a thread. */
const APART = [
  'better-sqlite3',
  'hnswlib-node',
  'pdfjs-dist',
  '@fastify/swagger-ui',
  'pino',
  'bcryptjs',
  'gpt-tokenizer',
]

/** For packages in CommonJS, which have these as variables. */
const COMMONJS = `
import { createRequire as createRequire$ } from 'node:module'
import { dirname as dirname$ } from 'node:path'
import { fileURLToPath as fileURLToPath$ } from 'node:url'
const require = createRequire$(import.meta.url)
const __filename = fileURLToPath$(import.meta.url)
const __dirname = dirname$(__filename)
`

/**
 * The program `tenantrag` in a few files: Node takes longer to find and load a thousand modules than
 * the server takes for all the rest of its start.
 *
 * @param {string} folder two levels below that of `users.json.example`; what it holds is replaced
 */
async function bundle(folder) {
  await rm(folder, { recursive: true, force: true })
  await build({
    absWorkingDir: ROOT,
    // Threads are started from the file beside the one that starts them.
    entryPoints: {
      tenantrag: 'src/cli.ts',
      'users-thread': 'src/tenancy/users/users-thread.ts',
      'password-thread': 'src/tenancy/sign-in/password-thread.ts',
      'stall-thread': 'src/life/stall-thread.ts',
      'checkpoint-thread': 'src/stores/sqlite/database/checkpoint-thread.ts',
      'migrate-thread': 'src/stores/sqlite/database/migrate-thread.ts',
      'text-part-thread': 'src/stores/sqlite/tables/text-part-thread.ts',
      'host-guard-thread': 'src/hosts/host-guard-thread.ts',
      'host-process': 'src/server/engines/host-process.ts',
      'reader-host': 'src/formats/reader/reader-host.ts',
      'reader-worker': 'src/formats/reader/reader-worker.ts',
      'lone-host': 'src/threads/lone-host.ts',
      'text-worker': 'src/texts/text-worker.ts',
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    banner: { js: COMMONJS },
    external: APART,
    logLevel: 'warning',
  })
  await chmod(join(folder, 'tenantrag.js'), 0o755)
  await cp(join(ROOT, 'src/demo/texts'), join(folder, 'texts'), { recursive: true })
}

await bundle(process.argv[2] ?? join(ROOT, 'dist/bin'))
