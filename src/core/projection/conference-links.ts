// Links that let somebody into a meeting. FULL projections do not carry them.

const HOSTS =
  "zoom\\.us|zoomgov\\.com|meet\\.google\\.com|teams\\.microsoft\\.com|teams\\.live\\.com|webex\\.com|gotomeeting\\.com|goto\\.com|whereby\\.com|meet\\.jit\\.si|bluejeans\\.com|chime\\.aws|ringcentral\\.com|meet\\.goto\\.com|skype\\.com|gather\\.town|around\\.co";
const LINK = new RegExp(`(?:https?://|\\b)(?:[a-z0-9-]+\\.)*(?:${HOSTS})(?:[/?#][^\\s<>"')\\]]*)?`, "gi");

export function withoutConferenceLinks(text: string): string {
  return text.replaceAll(LINK, "");
}
