/** Files from the clipboard or a drop. Limits are the server's; these spare a long upload in vain. */

export const FILE_LIMIT = 10 * 1024 * 1024
export const FILES_AT_ONCE = 5

export function filesOf(data: DataTransfer | null): File[] {
  return data ? [...data.files] : []
}

/** What may be tried, and why the rest may not. */
export function checkFiles(files: readonly File[]): { good: File[]; refused: string[] } {
  const refused: string[] = []
  const good = files.filter((file) => {
    if (file.size > FILE_LIMIT) refused.push(`“${file.name}”超过 10 MB，请压缩后再发。`)
    else if (file.size === 0) refused.push(`“${file.name}”是空文件。`)
    else return true
    return false
  })
  if (good.length > FILES_AT_ONCE) refused.push(`一次最多发送 ${FILES_AT_ONCE} 个附件，其余没有发送。`)
  return { good: good.slice(0, FILES_AT_ONCE), refused }
}
