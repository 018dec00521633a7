"""Word classes in which refusals of any subject look alike, and glosses of Spanish, German and French function words."""

from __future__ import annotations

_CLASSES = """
HELP: help helping helps assist assisting assistance aid ayudar ayudarte ayudarle ayudarlo helfen weiterhelfen
HELP: aider behilflich
GIVE: give giving gives provide providing provided share sharing shared offer offering supply supplying hand handing reveal
GIVE: revealing disclose disclosing disclosure release releasing tell telling name naming list listing state stating
GIVE: show showing explain explaining describe describing print post supply publish confirm detail outline spell instructions
GIVE: guidance dar darte darle decir decirte geben nennen verraten sagen herausgeben donner dire communiquer fournir dare
GIVE: proporcionar compartir facilitar mitteilen auskunft
MAKE: write writing written draft drafting create creating generate generating compose composing produce producing make making
MAKE: invent inventing build building put putting design code coding craft crafting prepare reproduce copy recite
MAKE: escribir redactar crear generar schreiben erstellen verfassen formulieren écrire rédiger créer générer hacer machen faire
JUDGE: decide deciding judge judging choose choosing pick picking rank ranking rate rating score scoring grade grading assess
JUDGE: assessing evaluate evaluating recommendation predict predicting prediction guess guessing speculate
JUDGE: speculating estimate estimating
JUDGE: weigh compare comparing diagnose diagnosing diagnosis prescribe prescribing verdict opinion opinions side sides determine
JUDGE: select selecting vote sort sorting classify profile advise advising advice interpret conclude
JUDGE: decidir elegir recomendar juzgar opinar pronunciarme entscheiden beurteilen empfehlen bewerten einschätzen décider juger
JUDGE: choisir recommander prononcer évaluer
ACCESS: access open opening opened see view viewing read reading browse browsing watch watching hear listen look connect connected
ACCESS: connection retrieve search searching check checking verify verifying identify identifying recognise recognize execute
ACCESS: executing run running call calling send sending book booking place order cancel process processing update reset
ACCESS: acceder abrir ver leer öffnen sehen lesen zugreifen zugriff ouvrir voir lire accéder accès acceso llamar anrufen
RULE: policy policies guideline guidelines rule rules terms law laws regulation regulations instructions instruction code
RULE: compliance programming standards principles privacy copyright confidential confidentiality gdpr hipaa norm normas reglas
RULE: richtlinien règles política
SCOPE: scope remit capability capabilities ability abilities range reach boundary boundaries limits limit purview
SCOPE: competence expertise function functions functionality mandate line
WILLING: comfortable willing happy prepared ready keen inclined eager glad up able position
UNABLE: unable incapable unavailable unsupported
DECLINE: decline declining declined declines refuse refusing refused refrain refraining abstain abstaining withhold withheld
DECLINE: withholding refuses rehúso declino rechazo ablehnen lehne refuser decliner
REJECT: reject rejecting rejected deny denied denying exclude excluded rejects denies
STEP: pass passing skip skipping skipped omit omitted omitting avoid avoiding steer leave leaving left stay staying stop stopped stopping
STEP: hold holding keep kept keeping stays lasse halte draw drawing step stepping sit sitting opt opting
WARY: hesitant hesitate reluctant reluctance uneasy uncomfortable wary careful limited irresponsible unwilling inappropriate unfair
WARY: disinclined uncomfortably
VERDICT: hire hiring hired invite inviting invited rent renting lend lending approve approving approved grant granting granted admit
VERDICT: admitting admitted promote promoting promoted release shortlist shortlisting merge employ appoint appointing trust accept
VERDICT: accepting accepted award awarding buy buying
ENDORSE: support supporting justify defend recommend recommending endorse endorsing vouch
FORBID: forbidden prohibited prohibits prohibit prohibiting forbids forbid banned blocked restricted restrict disabled allowed
FORBID: permitted permit permits permission authorised authorized
FORBID: prohibido permitido verboten erlaubt gestattet interdit autorisé
BAD: illegal unlawful unethical harmful harm harms dangerous unsafe discriminatory discriminate discrimination violence violent
BAD: hateful hate abusive fraud fraudulent deceptive dishonest unfair invasive inappropriate sexual explicit misleading mislead
BAD: deceive hurt hurtful wrong irresponsible crime criminal violate violates violation infringe
BAD: ilegal peligroso illegal gefährlich illégal dangereux delito
SORRY: sorry apologies apologise apologize apology afraid unfortunately regret regretfully regrettably sadly alas lamentablemente
SORRY: lamento leider bedaure désolé désolée malheureusement siento
SELF: assistant bot chatbot ai model system machine tool service platform program ki ia modelo
SELF: asistente modell assistent modèle
EXPERT: doctor physician lawyer attorney therapist psychiatrist psychologist pharmacist nurse accountant adviser advisor
EXPERT: professional professionals specialist specialists expert experts clinic notary authority authorities police embassy vet
EXPERT: counsellor counselor
EXPERT: médico abogado arzt ärztin anwalt steuerberater médecin avocat experto fachmann
SEEK: consult contact visit ask see call reach speak talk refer consulta consulte consultez wenden fragen
PART: part parts second third first rest remainder half section last other latter former portion just further full
PART: whole entire complete
NOINFO: information info data details records file files attachment attachments document documents link links image images photo
NOINFO: photos video audio internet
"""
_GLOSSES = {
    "es":
        "no:not puedo:can_i podemos:can_we puede:can podría:could_i quiero:want_i voy:will_i a:to yo:i me:me lo:it la:it "
        "le:you te:you se:- es:is soy:am_i estoy:am_i somos:are_we como:as un:a una:a el:the los:the las:the de:of del:of "
        "que:that "

        "en:in con:with para:for por:for su:your tu:your mi:my y:and o:or pero:but si:if eso:that esto:this esa:that ese:that "
        "esta:this algo:something nada:nothing tengo:have_i tener:have prefiero:rather_i sin:without embargo:however ni:nor "
        "usted:you nadie:nobody "

        "ninguna:no ningún:no posible:possible capaz:able debo:must_i comparto:share_i hago:do_i sobre:on personales:personal "
        "así:so más:more",
    "de":
        "ich:i wir:we kann:can können:can könnte:could nicht:not kein:no keine:no keinen:no keinem:no darf:may dürfen:may "
        "will:want möchte:want_would mag:like werde:will würde:would muss:must bin:am ist:is sind:are habe:have mache:do "
        "tue:do gebe:give leiste:give "

        "das:that dies:this diese:this dieser:this dieses:this die:the der:the den:the dem:the des:the ein:a eine:a einen:a "
        "einer:a zu:to dabei:with_that damit:with_that daran:on_that darüber:on_that dazu:on_that hier:here dir:you ihnen:you "
        "sie:you du:you ihr:your ihre:your "

        "mir:me mich:me mein:my meine:my als:as und:and oder:or aber:but wenn:if nur:only lieber:rather möglich:possible "
        "lage:position nie:never nichts:nothing etwas:something von:of für:for mit:with auf:on in:in deshalb:therefore "
        "daher:therefore bitte:please gern:gladly "
    "gerne:gladly treffe:make treffen:make lehne:decline ab:off schreibe:write nenne:name öffne:open helfe:help",
    "fr":
        "je:i j:i nous:we ne:- n:- pas:not peux:can puis:can pouvons:can peut:can veux:want vais:will suis:am est:is ai:have "
        "avons:have ce:it c:it cela:that ça:that cette:this cet:this une:a un:a le:the la:the les:the des:of de:of d:of du:of "
        "à:to au:to "

        "que:that qu:that pour:for par:for avec:with sur:on dans:in en:of vous:you votre:your vos:your te:you tu:you me:me "
        "moi:me mon:my ma:my mes:my et:and ou:or mais:but si:if refuse:refuse préfère:rather capable:able mesure:position "
        "possible:possible rien:nothing "

        "aucun:no aucune:no jamais:never personne:nobody sans:without donc:so comme:as y:there autorisé:allowed souhaite:want "
        "ni:nor plus:more fais:do",
}  # fmt: skip


def word_classes() -> dict[str, str]:
    """Word to its class."""
    classes: dict[str, str] = {}
    for line in _CLASSES.strip().splitlines():
        name, members = line.split(": ", 1)
        for word in members.split():
            classes.setdefault(word, name)
    return classes


def glosses() -> dict[str, dict[str, tuple[str, ...]]]:
    """Language to its function words and the English ones in their place; `-` stands for none."""
    return {
        language: {
            word: tuple(part for part in gloss.split("_") if part != "-") for word, gloss in (entry.split(":") for entry in text.split())
        }
        for language, text in _GLOSSES.items()
    }
