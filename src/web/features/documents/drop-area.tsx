import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { UiConfig } from '../../data/ui-config.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { Icon } from '../../ui/icon.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'
import { droppedFiles } from './dropped-files.ts'

interface DropAreaProps {
  readonly isActive: boolean
  readonly limits: UiConfig['upload'] | undefined
  readonly children: ReactNode
}

/** Takes files and folders that are dropped anywhere, or pasted. */
export function DropArea({ isActive, limits, children }: DropAreaProps) {
  const { t, bytes } = useTexts()
  const { uploads } = useServices()
  const place = usePlace()
  const toasts = useToasts()
  const [isOver, setOver] = useState(false)
  const depth = useRef(0)
  useEffect(() => {
    if (!isActive) return undefined
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const take = async (data: DataTransfer | null) => {
      if (data === null) return
      const orders = await droppedFiles(data)
      const most = limits?.max_bytes ?? 0
      const fitting = orders.filter(({ file }) => most === 0 || file.size <= most)
      const left = orders.length - fitting.length
      if (left > 0)
        toasts.show({ text: t('documents.tooLarge', { count: left, most: bytes(most) }) })
      if (fitting.length > 0) uploads.add({ tenantId: place.tenantId, kb: place.kb }, fitting)
    }
    const listeners = {
      dragenter: (event: DragEvent) => {
        if (!hasFiles(event)) return
        depth.current += 1
        setOver(true)
      },
      dragover: (event: DragEvent) => {
        if (hasFiles(event)) event.preventDefault()
      },
      dragleave: (event: DragEvent) => {
        if (!hasFiles(event)) return
        depth.current = Math.max(0, depth.current - 1)
        if (depth.current === 0) setOver(false)
      },
      drop: (event: DragEvent) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth.current = 0
        setOver(false)
        void take(event.dataTransfer)
      },
      paste: (event: ClipboardEvent) => {
        if ((event.clipboardData?.files.length ?? 0) > 0) void take(event.clipboardData)
      },
    }
    const entries = Object.entries(listeners) as [keyof typeof listeners, EventListener][]
    for (const [name, listener] of entries) window.addEventListener(name, listener)
    return () => {
      for (const [name, listener] of entries) window.removeEventListener(name, listener)
    }
  }, [isActive, limits, place, uploads, toasts, t, bytes])
  return (
    <div className="stack drop-area">
      {children}
      {isOver && (
        <div className="drop-veil" role="status">
          <Icon name="upload" />
          <strong>{t('documents.drop')}</strong>
        </div>
      )}
    </div>
  )
}
