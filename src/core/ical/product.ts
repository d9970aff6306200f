// The name under which this product writes iCalendar (RFC 5545 3.7.3).

export const productIdentifier = "-//T-Minus//T-Minus//EN";
