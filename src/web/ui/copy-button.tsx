import { useState } from 'react'
import { useTexts } from '../i18n/use-texts.ts'
import { ActionButton } from './action-button.tsx'

const SAID_MS = 2000

/** Puts a text on the clipboard, and says that it did. */
export function CopyButton({ text, name }: { readonly text: string; readonly name?: string }) {
  const { t } = useTexts()
  const [isCopied, setCopied] = useState(false)
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), SAID_MS)
    })
  }
  return (
    <>
      <ActionButton
        icon={isCopied ? 'check' : 'copy'}
        look="quiet"
        isCompact
        iconOnly
        onPress={copy}
      >
        {name ?? t('app.copy')}
      </ActionButton>
      <span className="sr-only" role="status">
        {isCopied ? t('app.copied') : ''}
      </span>
    </>
  )
}
