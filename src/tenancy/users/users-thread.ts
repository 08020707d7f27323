import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { buffersOf } from './packed-users.ts'
import { judgeUsers, type UsersVersion, unreadableUsers } from './users-version.ts'

/** What the thread is started with: it reads one version and ends. */
export interface UsersThreadData {
  readonly path: string
  readonly seenBefore: string | undefined
}

const { path, seenBefore }: UsersThreadData = workerData
const version: UsersVersion = await readFile(path).then(
  (text) => judgeUsers(text, seenBefore),
  (error: unknown) => unreadableUsers(error, seenBefore),
)
parentPort?.postMessage(version, version.type === 'users' ? buffersOf(version.users) : [])
