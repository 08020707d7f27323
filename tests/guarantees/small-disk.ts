import { execFileSync } from 'node:child_process'
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failInCi } from '../needing.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import { setLimit } from './fault-server.ts'

/** What a full disk still takes, in bytes: a few small documents. */
const ROOM = 200_000

/** A server whose storage can be made to have no room, and to have some again. */
export interface SmallDisk {
  readonly server: RealProcess
  /** Leaves so many bytes, and no more. */
  fill(left?: number): Promise<void>
  clear(): Promise<void>
}

export interface SmallDiskOptions {
  readonly megabytes?: number
  readonly env?: Readonly<Record<string, string>>
}

/**
 * The storage is a small disk of its own; where none may be mounted, files may not grow beyond a
 * limit, which the server meets in the same place.
 */
export async function startOnSmallDisk(
  folder: string,
  { megabytes = 16, env = {} }: SmallDiskOptions = {},
): Promise<SmallDisk> {
  const storage = join(folder, 'rag_storage')
  await mkdir(storage)
  // Uploads lie on the same disk, as on most machines.
  const onDisk = { INPUT_DIR: join(storage, '_inputs'), ...env }
  const mount = `mount -t tmpfs -o size=${megabytes}m none "$0"`
  try {
    execFileSync('unshare', ['--mount', 'sh', '-c', mount, storage], { stdio: 'ignore' })
  } catch {
    failInCi('unshare, and the right to mount a small disk')
    return limited(await startRealProcess(folder, onDisk), storage)
  }
  const wrapper = ['unshare', '--mount', 'sh', '-c', `${mount} && exec "$@"`, storage]
  const server = await startRealProcess(folder, onDisk, wrapper)
  // Nobody but the server sees what is mounted.
  const seen = join(`/proc/${server.child.pid}/root`, storage)
  const filler = join(seen, '_filler')
  return {
    server,
    fill: async (left = ROOM) => {
      for (let tries = 20; ; tries--) {
        await rm(filler, { force: true })
        const { bavail, bsize } = await statfs(seen)
        try {
          await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)))
          return
        } catch (error) {
          // The server, too, writes there, and has taken what was free a moment ago.
          if (tries === 0 || !isFull(error)) throw error
        }
      }
    },
    clear: () => rm(filler),
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC'
}

function limited(server: RealProcess, storage: string): SmallDisk {
  return {
    server,
    fill: async (left = ROOM) => {
      const log = await stat(join(storage, 'default', 'rag.db-wal'))
      setLimit(server, 'fsize', String(log.size + left))
    },
    clear: async () => setLimit(server, 'fsize', 'unlimited'),
  }
}
