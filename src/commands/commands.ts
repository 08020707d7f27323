import { adoptCommand } from './adopt.ts'
import { auditCommand } from './audit.ts'
import { doctorCommand } from './doctor.ts'
import { operatorCommand } from './operator.ts'
import { userCommand } from './user.ts'
import { workspaceCommand } from './workspace.ts'

/** What the program can do besides serving. */
export const commands = [
  userCommand,
  operatorCommand,
  auditCommand,
  doctorCommand,
  workspaceCommand,
  adoptCommand,
] as const
