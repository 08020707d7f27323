import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Of all servers of this process. */
let nextName = 0

/**
 * Names for the Unix sockets of hosts, in a folder that is for this account alone. Their paths have to
 * be short (108 bytes on Linux, 104 elsewhere), so they do not lie with the data.
 *
 * @throws when somebody else has made the folder
 */
export class HostSockets {
  readonly #folder: string

  constructor() {
    const { uid, username } = userInfo()
    this.#folder = join(tmpdir(), `tenantrag-${uid < 0 ? username : uid}`)
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const { uid: owner } = lstatSync(this.#folder)
    if (uid >= 0 && owner !== uid) throw new Error(`${this.#folder} belongs to somebody else`)
    chmodSync(this.#folder, 0o700)
    this.#removeLeft()
  }

  next(): string {
    return join(this.#folder, `${process.pid}-${nextName++}.sock`)
  }

  remove(path: string): void {
    rmSync(path, { force: true })
  }

  /** What processes left that were killed. */
  #removeLeft(): void {
    for (const name of readdirSync(this.#folder)) {
      const pid = Number(/^(\d+)-\d+\.sock$/.exec(name)?.[1])
      if (Number.isInteger(pid) && !isAlive(pid)) this.remove(join(this.#folder, name))
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
