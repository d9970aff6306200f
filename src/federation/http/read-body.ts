// The body of an answer as text, read piece by piece so that an endless one ends at the limit.

/** undefined: the body is larger than `bytesMax`; the rest is not read. */
export async function readBody(response: Response, bytesMax: number): Promise<string | undefined> {
  if (response.body === null) return "";
  const announced = Number(response.headers.get("content-length") ?? "0");
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  if (announced > bytesMax) {
    await reader.cancel();
    return undefined;
  }
  const decoder = decoderFor(response.headers.get("content-type") ?? "");
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** UTF-8 unless the server names another charset that the platform knows. */
function decoderFor(contentType: string): TextDecoder {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  try {
    return new TextDecoder(charset ?? "utf-8");
  } catch {
    return new TextDecoder();
  }
}
