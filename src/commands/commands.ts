import { adoptCommand } from './adopt/adopt.ts'
import { auditCommand } from './audit.ts'
import { doctorCommand } from './doctor/doctor.ts'
import { operatorCommand } from './operator/operator.ts'
import { syncCommand } from './sync/sync.ts'
import { userCommand } from './user.ts'
import { workspaceCommand } from './workspace/workspace.ts'

/** What the program can do besides serving. */
export const commands = [
  userCommand,
  operatorCommand,
  auditCommand,
  doctorCommand,
  workspaceCommand,
  adoptCommand,
  syncCommand,
] as const
