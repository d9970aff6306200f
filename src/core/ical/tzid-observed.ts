// TZIDs that name a zone in no registry's way, each seen in real files: Outlook's and Exchange's display strings with or without their
// "(UTC+01:00)", Lotus Notes, and single programs' inventions. Names without a plain meaning ("Customized Time Zone", "AEST") are absent on
// purpose: their VTIMEZONE decides. The display strings are those of Windows, the zones those of CLDR's windowsZones.

const ROWS = `US-Eastern|America/New_York
US-Central|America/Chicago
US-Mountain|America/Denver
US-Pacific|America/Los_Angeles
Eastern|America/New_York
American/New_York|America/New_York
GMT-05.00/-04.00|America/New_York
GMT-06.00/-05.00|America/Chicago
GMT-07.00/-06.00|America/Denver
GMT-08.00/-07.00|America/Los_Angeles
Western/Central Europe|Europe/Berlin
Europe/Germany|Europe/Berlin
Berlin/Europe|Europe/Berlin
IndianReunion|Indian/Reunion
Екатеринбург|Asia/Yekaterinburg
Mexico Standard Time|America/Mexico_City
Mexico Standard Time 2|America/Chihuahua
Mid-Atlantic Standard Time|Atlantic/South_Georgia
Kamchatka Standard Time|Asia/Kamchatka
Coordinated Universal Time|Etc/UTC
Greenwich Mean Time|Europe/London
International Date Line West|Etc/GMT+12
Midway Island, Samoa|Pacific/Pago_Pago
Hawaii|Pacific/Honolulu
Alaska|America/Anchorage
Pacific Time (US & Canada)|America/Los_Angeles
Pacific Time (US and Canada)|America/Los_Angeles
Pacific Time (US & Canada), Tijuana|America/Los_Angeles
Pacific Time (US & Canada); Tijuana|America/Los_Angeles
Pacific Time (US and Canada), Tijuana|America/Los_Angeles
Baja California|America/Tijuana
Arizona|America/Phoenix
Chihuahua, La Paz, Mazatlan|America/Mazatlan
La Paz, Mazatlan|America/Mazatlan
Mountain Time (US & Canada)|America/Denver
Mountain Time (US and Canada)|America/Denver
Central America|America/Guatemala
Central Time (US & Canada)|America/Chicago
Central Time (US and Canada)|America/Chicago
Guadalajara, Mexico City, Monterrey|America/Mexico_City
Saskatchewan|America/Regina
Bogota, Lima, Quito|America/Bogota
Bogota, Lima, Quito, Rio Branco|America/Bogota
Eastern Time (US & Canada)|America/New_York
Eastern Time (US and Canada)|America/New_York
Indiana (East)|America/Indiana/Indianapolis
Caracas|America/Caracas
Asuncion|America/Asuncion
Atlantic Time (Canada)|America/Halifax
Cuiaba|America/Cuiaba
Georgetown, La Paz, Manaus, San Juan|America/La_Paz
Santiago|America/Santiago
Newfoundland|America/St_Johns
Brasilia|America/Sao_Paulo
Brasília|America/Sao_Paulo
Buenos Aires|America/Argentina/Buenos_Aires
City of Buenos Aires|America/Argentina/Buenos_Aires
Cayenne, Fortaleza|America/Cayenne
Greenland|America/Godthab
Montevideo|America/Montevideo
Salvador|America/Bahia
Azores|Atlantic/Azores
Cape Verde Is.|Atlantic/Cape_Verde
Cabo Verde Is.|Atlantic/Cape_Verde
Casablanca|Africa/Casablanca
Dublin, Edinburgh, Lisbon, London|Europe/London
Greenwich Mean Time: Dublin, Edinburgh, Lisbon, London|Europe/London
Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London|Europe/London
Monrovia, Reykjavik|Atlantic/Reykjavik
Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna|Europe/Berlin
Amsterdam, Belgrade, Berlin, Brussels, Budapest, Madrid, Paris, Prague, Stockholm|Europe/Berlin
Belgrade, Bratislava, Budapest, Ljubljana, Prague|Europe/Budapest
Brussels, Copenhagen, Madrid, Paris|Europe/Paris
Sarajevo, Skopje, Warsaw, Zagreb|Europe/Warsaw
Sarajevo, Skopje, Sofija, Vilnius, Warsaw, Zagreb|Europe/Warsaw
West Central Africa|Africa/Lagos
Windhoek|Africa/Windhoek
Amman|Asia/Amman
Athens, Bucharest|Europe/Bucharest
Athens, Bucharest, Istanbul|Europe/Bucharest
Beirut|Asia/Beirut
Cairo|Africa/Cairo
Chisinau|Europe/Chisinau
Damascus|Asia/Damascus
Harare, Pretoria|Africa/Johannesburg
Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius|Europe/Kiev
Helsinki, Riga, Tallinn|Europe/Kiev
Istanbul|Europe/Istanbul
Jerusalem|Asia/Jerusalem
Kaliningrad|Europe/Kaliningrad
Tripoli|Africa/Tripoli
Baghdad|Asia/Baghdad
Kuwait, Riyadh|Asia/Riyadh
Minsk|Europe/Minsk
Moscow, St. Petersburg|Europe/Moscow
Moscow, St. Petersburg, Volgograd|Europe/Moscow
Nairobi|Africa/Nairobi
Tehran|Asia/Tehran
Abu Dhabi, Muscat|Asia/Dubai
Baku|Asia/Baku
Izhevsk, Samara|Europe/Samara
Port Louis|Indian/Mauritius
Tbilisi|Asia/Tbilisi
Yerevan|Asia/Yerevan
Kabul|Asia/Kabul
Ashgabat, Tashkent|Asia/Tashkent
Ekaterinburg|Asia/Yekaterinburg
Islamabad, Karachi|Asia/Karachi
Chennai, Kolkata, Mumbai, New Delhi|Asia/Calcutta
Sri Jayawardenepura|Asia/Colombo
Kathmandu|Asia/Katmandu
Astana|Asia/Almaty
Dhaka|Asia/Dhaka
Novosibirsk|Asia/Novosibirsk
Yangon (Rangoon)|Asia/Rangoon
Bangkok, Hanoi, Jakarta|Asia/Bangkok
Krasnoyarsk|Asia/Krasnoyarsk
Beijing, Chongqing, Hong Kong, Urumqi|Asia/Shanghai
Irkutsk|Asia/Irkutsk
Kuala Lumpur, Singapore|Asia/Singapore
Perth|Australia/Perth
Taipei|Asia/Taipei
Ulaanbaatar|Asia/Ulaanbaatar
Osaka, Sapporo, Tokyo|Asia/Tokyo
Seoul|Asia/Seoul
Yakutsk|Asia/Yakutsk
Adelaide|Australia/Adelaide
Darwin|Australia/Darwin
Brisbane|Australia/Brisbane
Canberra, Melbourne, Sydney|Australia/Sydney
Guam, Port Moresby|Pacific/Port_Moresby
Hobart|Australia/Hobart
Vladivostok|Asia/Vladivostok
Magadan|Asia/Magadan
Solomon Is., New Caledonia|Pacific/Guadalcanal
Auckland, Wellington|Pacific/Auckland
Fiji|Pacific/Fiji
Nuku'alofa|Pacific/Tongatapu
Samoa|Pacific/Apia`;

let byFolded: Map<string, string> | null = null;

/** The IANA zone that an unregistered name is known to mean, whatever its case. */
export function ianaOfObserved(name: string): string | undefined {
  if (byFolded === null) {
    byFolded = new Map();
    for (const row of ROWS.split("\n")) {
      const [known = "", iana = ""] = row.split("|");
      byFolded.set(known.toLowerCase(), iana);
    }
  }
  return byFolded.get(name.toLowerCase());
}
