import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const run = promisify(execFile)
const TSC = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')

export interface PackedPackage {
  /** The tarball that `npm publish` would send. */
  readonly tarball: string
  /** An empty project, apart from the package that is installed in it. */
  readonly project: string
  /** The package as it is installed. */
  readonly installed: string
  /** Compiles the files of the project; rejects with what the compiler says. */
  compile(files: readonly string[]): Promise<void>
  /** Runs a script of the project and gives what it prints. */
  node(script: string, ...args: readonly string[]): Promise<string>
}

/** Packs the repository as `npm publish` does, and installs the tarball in an empty folder. */
export async function packPackage(folder: string): Promise<PackedPackage> {
  const staged = await stage(join(folder, 'staged'))
  // Built already, where `prepack` would look for it.
  const flags = ['--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await run('npm', ['pack', ...flags], { cwd: staged })
  const [packed] = JSON.parse(stdout) as { filename: string }[]
  const tarball = join(folder, packed?.filename ?? '')
  const project = join(folder, 'project')
  const modules = join(project, 'node_modules')
  const installed = join(modules, 'tenantrag')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
  await linkDependencies(modules)
  return {
    tarball,
    project,
    installed,
    compile: async (files) => {
      // Without `preserveSymlinks` a type could come from a package that users do not get.
      const flags = '--strict --target es2023 --module nodenext --types node --preserveSymlinks'
      await run(process.execPath, [TSC, ...flags.split(' '), ...files], { cwd: project }).catch(
        (error: { stdout: string }) => Promise.reject(new Error(error.stdout)),
      )
    },
    node: async (script, ...args) => {
      const { stdout } = await run(process.execPath, [script, ...args], { cwd: project })
      return stdout
    },
  }
}

/** What is packed, built beside the repository and not in it. */
async function stage(folder: string): Promise<string> {
  const { files } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    files: string[]
  }
  const program = process.env.TENANTRAG_TEST_CLI ?? ''
  const copied = ['package.json', 'README.md', 'LICENSE', ...files].filter(
    (name) => name !== 'dist',
  )
  for (const name of copied) await cp(join(ROOT, name), join(folder, name), { recursive: true })
  const flags = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]
  await run(process.execPath, [TSC, ...flags])
  await cp(dirname(program), join(folder, 'dist/bin'), { recursive: true })
  return folder
}

/** What `npm install` brings along, and what a TypeScript program has of its own. */
async function linkDependencies(modules: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  const brought = Object.keys(lock.packages).filter(
    (path) => path.lastIndexOf('node_modules/') === 0 && lock.packages[path]?.dev !== true,
  )
  for (const path of [...brought, 'node_modules/@types/node', 'node_modules/undici-types']) {
    const link = join(modules, path.slice('node_modules/'.length))
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(ROOT, path), link)
  }
}
