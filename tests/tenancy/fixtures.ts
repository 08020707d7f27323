import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { TenantContext } from '../../src/tenancy/context.ts'

/** A folder of the test's own, removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenancy-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export function contextOf(workspace: string): TenantContext {
  const principal = {
    userId: workspace,
    username: workspace,
    workspaces: [workspace],
    defaultWorkspace: workspace,
    role: 'admin' as const,
    superAdmin: false,
  }
  return { principal, workspace, requestId: 'r-1' }
}

export function deferred<T = void>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

/** Lets everything that is due run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

/** Waits until `check` passes; the runner's own time limit ends a wait in vain. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5))
}
