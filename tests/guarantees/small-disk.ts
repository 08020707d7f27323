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
  fill(): Promise<void>
  clear(): Promise<void>
}

/**
 * The storage is a small disk of its own; where none may be mounted, files may not grow beyond a
 * limit, which the server meets in the same place.
 */
export async function startOnSmallDisk(folder: string): Promise<SmallDisk> {
  const storage = join(folder, 'rag_storage')
  await mkdir(storage)
  const mount = 'mount -t tmpfs -o size=16m none "$0"'
  try {
    execFileSync('unshare', ['--mount', 'sh', '-c', mount, storage], { stdio: 'ignore' })
  } catch {
    failInCi('unshare, and the right to mount a small disk')
    return limited(await startRealProcess(folder), storage)
  }
  const wrapper = ['unshare', '--mount', 'sh', '-c', `${mount} && exec "$@"`, storage]
  const server = await startRealProcess(folder, {}, wrapper)
  // Nobody but the server sees what is mounted.
  const seen = join(`/proc/${server.child.pid}/root`, storage)
  const filler = join(seen, '_filler')
  return {
    server,
    fill: async () => {
      const { bavail, bsize } = await statfs(seen)
      await writeFile(filler, Buffer.alloc(bavail * bsize - ROOM))
    },
    clear: () => rm(filler),
  }
}

function limited(server: RealProcess, storage: string): SmallDisk {
  return {
    server,
    fill: async () => {
      const log = await stat(join(storage, 'default', 'rag.db-wal'))
      setLimit(server, 'fsize', String(log.size + ROOM))
    },
    clear: async () => setLimit(server, 'fsize', 'unlimited'),
  }
}
