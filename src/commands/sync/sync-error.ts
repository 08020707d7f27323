/** Why a folder cannot be brought to a server; the message is for whoever typed the command. */
export class SyncError extends Error {
  override readonly name = 'SyncError'
}
