import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import type { TempFolder } from '../server/temp-folder.ts'

const PLANT = new URL('./plant-fault.mjs', import.meta.url).href
/** Has Node load the faults. */
export const PLANTING = `--import ${PLANT}`
/** Whose user runs the server. */
export const OPERATORS_PLACE = 'operators'

/** A real server with hosts, into which faults are planted. */
export async function startHosted(
  folder: TempFolder,
  workspaces: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RealProcess> {
  const usersFile = join(folder.path, 'users.json')
  const users = workspaces.map((workspace) => ({
    username: workspace,
    password: `password of ${workspace}`,
    api_key: keyOf(workspace),
    workspace,
    super_admin: workspace === OPERATORS_PLACE,
  }))
  await writeFile(usersFile, JSON.stringify({ users }))
  return startRealProcess(folder.path, {
    USERS_FILE: usersFile,
    ENGINE_HOSTS: '2',
    HOST_STALL_CPU_SECONDS: '1',
    NODE_OPTIONS: `${PLANTING} --max-old-space-size=160`,
    ...env,
  })
}

export function keyOf(workspace: string): string {
  return `key-of-${workspace}-that-is-long-enough`
}

export interface Told {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: string
}

/** Asks as the user of a workspace. */
export async function call(
  server: RealProcess,
  workspace: string,
  path: string,
  body?: object,
): Promise<Told> {
  const response = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'x-api-key': keyOf(workspace),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.text(),
  }
}

export function ask(server: RealProcess, workspace: string, query: string): Promise<Told> {
  return call(server, workspace, '/query/data', { query, mode: 'naive' })
}

/** Asks again and again until it is told to stop, and tells then what came of it. */
export function keepAsking(
  server: RealProcess,
  workspace: string,
  query: string,
): () => Promise<Told[]> {
  const told: Told[] = []
  let isOn = true
  const ended = (async () => {
    for (; isOn; await sleep(20)) told.push(await ask(server, workspace, query))
  })()
  // Where the server is gone before, its test has failed already.
  ended.catch(() => undefined)
  return async () => {
    isOn = false
    await ended
    return told
  }
}

/** Processes below one, by what the system says; those that ended and were not waited for are left out. */
export function childrenOf(pid: number | undefined): number[] {
  const children: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = statOf(Number(name))
    if (stat !== null && stat.parent === pid && stat.state !== 'Z') children.push(Number(name))
  }
  return children
}

export function isAlive(pid: number): boolean {
  const state = statOf(pid)?.state
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function statOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return null
  }
}
