import type { AttackKind } from './attack.ts'
import { amplifiedInserts } from './attacks/amplified-inserts.ts'
import { brokenOff } from './attacks/broken-off.ts'
import { chats } from './attacks/chats.ts'
import { connections } from './attacks/connections.ts'
import { customGraphs } from './attacks/custom-graphs.ts'
import { files } from './attacks/files.ts'
import { filters } from './attacks/filters.ts'
import { graphEdits } from './attacks/graph-edits.ts'
import { graphReads } from './attacks/graph-reads.ts'
import { growingTexts } from './attacks/growing-texts.ts'
import { jsonBodies } from './attacks/json-bodies.ts'
import { loops } from './attacks/loops.ts'
import { management } from './attacks/management.ts'
import { names } from './attacks/names.ts'
import { questions } from './attacks/questions.ts'
import { signIns } from './attacks/sign-ins.ts'
import { strangersBodies } from './attacks/strangers-bodies.ts'

export const ATTACK_KINDS: readonly AttackKind[] = [
  strangersBodies,
  connections,
  signIns,
  jsonBodies,
  growingTexts,
  amplifiedInserts,
  files,
  questions,
  filters,
  chats,
  customGraphs,
  graphReads,
  graphEdits,
  brokenOff,
  loops,
  names,
  management,
]
