import { Component, type ReactNode } from 'react'
import { useTexts } from '../i18n/use-texts.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

interface CrashGuardProps {
  readonly children: ReactNode
}

/** Shows in the place of a page that failed what may be done about it. */
export class CrashGuard extends Component<CrashGuardProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error: error ?? new Error('unknown') }
  }

  override render(): ReactNode {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <Crashed error={this.state.error} />
    )
  }
}

function Crashed({ error }: { readonly error: unknown }) {
  const { t } = useTexts()
  // A page that is gone from the server: a newer version is there.
  const isOld =
    error instanceof TypeError && /dynamically imported|module script/.test(error.message)
  return (
    <EmptyState
      icon="alert"
      title={t('app.crashed')}
      hint={t(isOld ? 'app.newVersion' : 'app.crashedHint')}
    >
      <ActionButton look="primary" icon="retry" onPress={() => location.reload()}>
        {t('app.reload')}
      </ActionButton>
    </EmptyState>
  )
}
