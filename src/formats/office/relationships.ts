import { posix } from 'node:path'
import { parseXml } from '../markup/parse-xml.ts'
import type { ZipArchive } from '../zip-archive.ts'

export interface Relationship {
  readonly id: string
  /** Last word of the type, such as `slide`. */
  readonly type: string
  /** Name of the part in the archive. */
  readonly target: string
}

/** What a part of an Office file points to; the empty name stands for the file itself. */
export async function relationshipsOf(
  archive: ZipArchive,
  part: string,
  maxDepth: number,
): Promise<Relationship[]> {
  const folder = posix.dirname(part)
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  if (!archive.has(name)) return []
  const found: Relationship[] = []
  const open = (element: string, { Id, Type, Target, TargetMode }: Record<string, string>) => {
    if (element !== 'Relationship' || TargetMode === 'External' || !Id || !Target) return
    const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target)
    found.push({ id: Id, type: posix.basename(Type ?? ''), target })
  }
  parseXml(await archive.text(name), { open }, maxDepth)
  return found
}
