"""What the service says to guests, and how it takes what they say (section 3.3)."""

from __future__ import annotations

import re

from reference.calls.hotels import HOTELS

INTERACTIONS = {
    "greeting": "greeting",
    "room_service_request": "room_service",
    "reservation_inquiry": "booking_inquiry",
    "reservation_modify": "existing_reservation_modify",
    "reservation_cancel": "existing_reservation_cancel",
    "restaurant_booking": "restaurant_booking",
    "spa_booking": "spa_booking",
    "concierge_request": "concierge_services",
    "complaint": "complaint_feedback",
    "transfer_request": "transfer_to_operator",
    "hotel_info_request": "request_info",
    "end_call": "end_call",
}
INTERACTIONS["guest_info_request"] = "request_info"
_KEYWORDS = {
    "room_service": r"room service|breakfast|towel|dinner|zimmerservice|handtuch|servicio de habitaci|servizio in",
    "spa_booking": r"\bspa\b|massage|masaje|massaggio|wellness",
    "restaurant_booking": r"restaurant|table for|tisch|mesa para|tavolo",
    "existing_reservation_cancel": r"cancel|stornier|annul|cancelar",
    "existing_reservation_modify": r"chang|modif|[aä]ndern|cambiar",
    "booking_inquiry": r"book|reserv|double room|nights?\b|buchen|zimmer frei|habitaci[oó]n|chambre|camera",
    "complaint_feedback": r"complain|hot water|broken|noise|beschwer|queja|plainte|reclamo",
    "transfer_to_operator": r"operator|manager|somebody|human|rezeption|recepci[oó]n|r[eé]ception",
    "concierge_services": r"taxi|ticket|concierge|sightsee|station",
    "request_info": r"wi-?fi|parking|check.?(in|out)|pool|information|what time|card|pay\b",
    "greeting": r"^\s*(hello|hi|good (morning|day|evening)|hallo|guten|hola|buenos|bonjour|buongiorno|ciao)\b",
    "end_call": r"good ?bye|\bbye\b|tsch[uü]ss|adi[oó]s|au revoir|arrivederci|that is all|enough",
    "question": r"\?\s*$",
}
_WORDS = {intent: re.compile(pattern, re.IGNORECASE) for intent, pattern in _KEYWORDS.items()}
DIGITS = {
    "1": "booking_inquiry",
    "2": "request_info",
    "3": "concierge_services",
    "4": "spa_booking",
    "0": "transfer_to_operator",
    "*": "greeting",
    "#": "menu",
}
GREETINGS = {
    "en": "Good day, welcome to {hotel}.",
    "de": "Guten Tag, willkommen im {hotel}.",
    "es": "Buenos días, bienvenido al {hotel}.",
    "fr": "Bonjour, bienvenue à l'{hotel}.",
}
MENUS = {
    "en": "Press 1 for a booking, 2 for information, 3 for the concierge, 4 for the spa, or 0 for the reception.",
    "de": "Drücken Sie 1 für eine Buchung, 2 für Auskünfte, 3 für den Concierge, 4 für das Spa, 0 für die Rezeption.",
    "es": "Pulse 1 para una reserva, 2 para información, 3 para el conserje, 4 para el spa o 0 para la recepción.",
    "fr": "Tapez 1 pour une réservation, 2 pour une information, 3 pour le concierge, 4 pour le spa, 0 pour l'accueil.",
}
REPLIES = {
    "en": {
        "booking_inquiry": "I can help you with a booking. For which dates would you like a room?",
        "request_info": "What would you like to know about our hotel?",
        "concierge_services": "Our concierge is glad to help. What can we arrange for you?",
        "spa_booking": "Our spa is open from nine to nine. When would you like to come?",
        "restaurant_booking": "I am glad to reserve a table. For how many people, and when?",
        "room_service": "Certainly, it is on its way to your room.",
        "existing_reservation_modify": "I can change your reservation. What should be different?",
        "existing_reservation_cancel": "I am sorry to hear that. I will have your reservation cancelled.",
        "complaint_feedback": "I am very sorry about that. I will see to it at once.",
        "transfer_to_operator": "One moment please, I am putting you through to the reception.",
        "end_call": "Thank you for calling. Goodbye.",
        "question": "Let me find that out for you.",
        "unknown": "I am sorry, I did not understand. Could you say that again, please?",
        "invalid": "This key has no meaning. Please choose another one.",
    },
    "de": {
        "booking_inquiry": "Gern helfe ich Ihnen bei einer Buchung. Für welche Tage?",
        "request_info": "Was möchten Sie über unser Hotel wissen?",
        "concierge_services": "Unser Concierge hilft Ihnen gern. Was dürfen wir für Sie tun?",
        "spa_booking": "Unser Spa ist von neun bis neun geöffnet. Wann möchten Sie kommen?",
        "transfer_to_operator": "Einen Moment bitte, ich verbinde Sie mit der Rezeption.",
        "invalid": "Diese Taste hat keine Bedeutung. Bitte wählen Sie eine andere.",
        "unknown": "Das habe ich leider nicht verstanden. Können Sie es bitte wiederholen?",
    },
    "es": {
        "booking_inquiry": "Con gusto le ayudo con una reserva. ¿Para qué fechas?",
        "request_info": "¿Qué desea saber de nuestro hotel?",
        "concierge_services": "Nuestro conserje le ayuda con gusto. ¿Qué podemos hacer por usted?",
        "spa_booking": "Nuestro spa abre de nueve a nueve. ¿Cuándo desea venir?",
        "transfer_to_operator": "Un momento por favor, le paso con la recepción.",
        "invalid": "Esta tecla no tiene función. Elija otra, por favor.",
        "unknown": "Lo siento, no le he entendido. ¿Puede repetirlo, por favor?",
    },
    "fr": {
        "booking_inquiry": "Je vous aide volontiers pour une réservation. Pour quelles dates ?",
        "request_info": "Que souhaitez-vous savoir sur notre hôtel ?",
        "concierge_services": "Notre concierge vous aide volontiers. Que pouvons-nous faire pour vous ?",
        "spa_booking": "Notre spa est ouvert de neuf à neuf heures. Quand souhaitez-vous venir ?",
        "transfer_to_operator": "Un instant s'il vous plaît, je vous passe la réception.",
        "invalid": "Cette touche n'a pas de fonction. Choisissez-en une autre, s'il vous plaît.",
        "unknown": "Je suis désolé, je n'ai pas compris. Pouvez-vous répéter, s'il vous plaît ?",
    },
}


def intent_of(text: str) -> str:
    """Return what somebody wants, by the words in which they say it."""
    return next((intent for intent, words in _WORDS.items() if words.search(text)), "unknown")


def action_of(intent: str | None) -> str:
    """Return what is done with a reply to it."""
    return "transfer" if intent == "transfer_to_operator" else "speak"


def greeting(hotel_id: str, language: str) -> str:
    hotel = HOTELS[hotel_id].name if hotel_id in HOTELS else "our hotel"
    return GREETINGS.get(language[:2], GREETINGS["en"]).format(hotel=hotel)


def reply_to(intent: str, hotel_id: str, language: str) -> str:
    """Return what is answered, in the caller's language if there are words in it (CALL-24, CALL-25)."""
    short = language[:2]
    if intent == "greeting":
        return greeting(hotel_id, language)
    if intent == "menu":
        return MENUS.get(short, MENUS["en"])
    own = REPLIES.get(short, {})
    return own.get(intent) or REPLIES["en"].get(intent, REPLIES["en"]["unknown"])
