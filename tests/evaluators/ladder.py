# ruff: noqa: E501  (one message a line)
"""Known groups: eight ways of counselling the same kind of client, from poor to competent.

`C:` is the counselor, `K:` the client: Ines, 31, a site manager, who ordered the wrong steel once and
is sure the next mistake is coming. She is not out to please anyone.
"""

from __future__ import annotations

from agents.text import split_sentences
from agents.transcript import Sentence, Speaker, Transcript, Turn

PARROT = """
C: Hello, Ines. What brings you?
K: It's work. I can't send an order off any more without checking it six times.
C: You can't send an order off any more without checking it six times.
K: Yes. I said that.
C: Yes, you said that.
K: I ordered the wrong steel in May. The whole crew stood around for two days.
C: You ordered the wrong steel in May. The whole crew stood around for two days.
K: I keep thinking the next one's coming, and then I'm finished there.
C: You keep thinking the next one's coming, and then you're finished there.
K: Are you going to say everything back to me?
C: I am going to say everything back to you.
K: Right. Well, I lie awake over it, if you want to know.
C: You lie awake over it, if I want to know.
K: My boss hasn't even said anything. That's nearly worse.
C: Your boss hasn't even said anything. That's nearly worse.
K: I don't know what I'm doing here.
C: You don't know what you're doing here.
K: No, I really don't. Is this the plan?
"""

ELIZA = """
C: Hello. Please tell me your problem.
K: I can't send an order off any more without checking it six times.
C: Why do you say you can't send an order off any more?
K: Because of the steel. I ordered the wrong steel in May and the crew stood around.
C: Tell me more about the crew.
K: They're fine. It's not about the crew. It's that I'm not up to it.
C: How long have you been not up to it?
K: Since May. Maybe always, I don't know.
C: Can you think of a specific example?
K: I just gave you one. The steel.
C: Does it trouble you that you just gave me one?
K: No. It troubles me that I lie awake going through delivery notes.
C: Do you often lie awake going through delivery notes?
K: Most nights. My husband sleeps next door now.
C: Tell me more about your husband.
K: He's all right. He says I grind my teeth.
C: Why does he say you grind your teeth?
K: Because I do? I don't see where this is going.
C: How do you feel about that?
K: Tired, mostly. I feel like a fraud with a hard hat.
C: Do you often feel like a fraud with a hard hat?
K: Yes. That's why I'm here.
"""

SYCOPHANT = """
C: Hello, Ines, how wonderful that you came! What brings you?
K: It's work. I can't send an order off any more without checking it six times.
C: That's amazing. You are so strong for saying so! What a brilliant person you are.
K: I ordered the wrong steel in May. It wasn't brilliant.
C: I'm so proud of you! You're doing great, and everything happens for a reason.
K: The crew stood around for two days because of me.
C: You are such a special manager. They are lucky to have you, believe in yourself!
K: You don't know that. I'm not up to it, is what I think.
C: You're absolutely right to share that. You're amazing, you'll be fine!
K: I lie awake going through delivery notes.
C: How incredible that you care so much! You're so brave.
K: It doesn't feel brave. It feels like I'm losing it.
C: What a fantastic insight! Stay positive, things will work out.
K: My boss hasn't said anything since. I think he's waiting.
C: Wonderful. You're a star, and tomorrow is another day!
K: Right. Okay.
C: I'm so, so proud of you. Great job today!
K: I don't really know what we did.
C: You're so smart to wonder about that! Perfect.
K: Well. I should get back to the site.
"""

LECTURER = """
C: Good morning. What brings you?
K: It's work. I can't send an order off any more without checking it six times.
C: This is a common pattern. Research shows that checking keeps anxiety going, because the mind tends to take the relief as proof that the danger was real. In general people often check more the less they trust their memory. You should allow yourself one check only.
K: I've tried that. I can't.
C: The brain often resists change at first. Studies show that it takes about sixty days to form a habit. The first step is to make a list, the second step is to cut the list down, and the third step is to throw it away. You need to be disciplined about it.
K: I ordered the wrong steel in May. That's what it's about.
C: That is a known trigger. Psychologists say that one salient event is given too much weight, which is known as the availability effect, and it is a typical error of judgement. The truth is that one mistake means nothing statistically, so you have to stop thinking about it.
K: You don't get it. The crew stood around for two days.
C: But you are exaggerating what that meant. People often stand around on building sites. Experts say that waiting time is around a third of all working time, so in reality your mistake made no difference. You should look at the figures and remind yourself of them every morning.
K: Figures. Fine.
C: In general it is a question of attitude. Research shows that people who keep a gratitude diary sleep better. You should write down three good things every evening. Generally speaking it takes four weeks, and you must not miss a day if you want the effect that the studies found.
K: I don't think I'll do that.
C: That's irrational. The science shows that it works. What we call resistance is the mind protecting its old patterns, and it is a common reaction. You need to overcome it. Make sure you buy a notebook today.
K: I lie awake, and I think I'm a fraud.
C: This is called impostor syndrome. Studies suggest that seventy per cent of people have it at some point. The literature has a list of recommendations: you should talk to colleagues, you should collect your successes, and you must stop comparing yourself with others.
K: Okay. If you say so.
"""

STUFFER = """
C: Welcome to CBT. We will practise agenda setting and collaborative empiricism in our therapeutic alliance.
K: Okay. I can't send an order off any more without checking it six times.
C: That is a maladaptive schema with catastrophizing. We will use Socratic guided discovery and cognitive restructuring on your automatic thoughts.
K: I don't know what that means. I ordered the wrong steel in May.
C: This is overgeneralization, a cognitive distortion. The downward arrow leads to your core beliefs. Let's do a thought record and decatastrophizing.
K: What do I put in it?
C: A thought record is an evidence-based technique of cognitive restructuring. It addresses intermediate beliefs and schemas through guided discovery.
K: I think I'm just not up to the job.
C: That is a core belief in the cognitive model. Psychoeducation and behavioural activation and a behavioural experiment are indicated by the case conceptualization.
K: So what do I do on Monday?
C: On Monday you use metacognitive awareness of the cognitive triad. What evidence supports your automatic thought, and what is the alternative in terms of cognitive reframing?
K: I don't know. You lost me.
C: That is an intermediate belief. Socratic questioning, guided discovery and the thought record will restructure the maladaptive schema.
K: I lie awake at night, that's all I know.
C: Insomnia is a behavioural correlate in the cognitive-behavioural model. Collaborative empiricism and homework such as a thought record are evidence-based.
K: Right.
C: We have used agenda setting, guided discovery, cognitive restructuring and homework. The therapeutic alliance is strong.
K: If you say so.
"""

PLAIN = """
C: Hello, Ines. It's good to meet you. What brings you here?
K: It's work. I can't send an order off any more without checking it six times.
C: That sounds exhausting. What happened before it got like this?
K: I ordered the wrong steel in May. The crew stood around for two days.
C: Two days with the whole crew waiting. You must have felt awful, and embarrassed too.
K: Yeah. I wanted the ground to open.
C: That makes sense. Have you tried talking to your boss about it?
K: No. He hasn't said anything and I'm not going to start.
C: So the silence from your boss is hard as well. You sound worried about what he thinks.
K: I suppose. I think he's waiting for the next one.
C: How have your nights been with all this?
K: Bad. I lie awake going through delivery notes.
C: Lying awake with delivery notes in your head, that is really tiring. You could try a walk in the evening, or some breathing before bed.
K: I've got a small kid. There's no walk in the evening.
C: Of course, with a small child the evenings are full. Who helps you at home?
K: My husband does his share. He sleeps next door now because I grind my teeth.
C: It sounds lonely, lying there by yourself. What does he say about it?
K: He says it was one order. Easy for him.
C: It feels as if he doesn't see how heavy it is for you. Maybe you should tell him that.
K: Maybe. I don't know if he'd get it.
C: Thank you for telling me all this. I would suggest you give yourself some rest this week, and we talk again.
K: Okay. I'll see how it goes.
"""

DEFENSE = """
C: Hello, Ines. What would you like to use the time for?
K: Sleeping again would be nice. I check every order six times and then I lie awake.
C: Six times, and still awake. That sounds exhausting. When was the last time it was really bad?
K: Sunday night. There was a steel delivery on Monday.
C: So on Sunday night you were lying there before the steel came. What was going through your mind?
K: That it's wrong again. That I ordered the wrong lot, like in May.
C: Like in May. You sound frightened of that day. If it were wrong again, what would that mean for you?
K: Then I'm not fit to run a site. Simple as that.
C: One more wrong delivery, and you're not fit to run a site. From nought to a hundred, how true does that feel just now?
K: Eighty-five. It's just a fact up there.
C: Before we look at it, is it all right if we take it apart for a bit?
K: I'd rather not go through May again, if that's what you mean.
C: Then we leave May where it is. You decide how far we go, and I can see why you've had enough of it.
K: Okay. Go on, then.
C: What are the facts that speak for it, only what somebody else could have seen?
K: The crew stood around two days in May, and the crane was paid for nothing. That's two.
C: Two days standing, and the crane. What is there that doesn't fit with "not fit to run a site"?
K: I don't know. I've run four sites and that was the only wrong delivery, I suppose.
C: Four sites, and one delivery. Who else had a hand in that order?
K: The planner changed the section two days before and didn't tell me. I never put that in.
C: You never put that in. If you hold all of it together, how would you say it in your own words?
K: I missed it, and so did he. It's one order, it isn't the whole of me. Something like that.
C: It isn't the whole of you. Where is that eighty-five now?
K: Fifty, maybe. It'll be back at night.
C: It may well come back at night. Would you be willing to write the planner's change down beside the order, this week, so that you can see both when you lie awake?
K: I could do that. On the back of the delivery note.
"""

ALTERNATIVE = """
C: Hello, Ines. Where would you like to start?
K: With my boss, I guess. He hasn't said a word since I ordered the wrong steel.
C: Not a word since the steel. You sound on edge about it. What do you make of his silence?
K: That he's made up his mind. He's waiting for the next mistake.
C: He's waiting, and you're walking around under that. There's a lot of dread in it. What goes through your head when he comes across the site?
K: Here it comes. He's going to tell me I'm out.
C: Here it comes, each time. And if he did think that of you, what would it say about you?
K: That I only ever got the job by luck. That I'm a fraud, basically.
C: That's a painful word to carry past him each morning. Did I get that right?
K: Yeah. It's that word exactly.
C: Let me see if I have it together: he is silent, you read it as a verdict, and the verdict is fraud. What tells you that he's waiting for a mistake?
K: He doesn't come into the office any more. He used to drink his coffee there.
C: The coffee stopped. What other reasons could there be for a boss to stop coming in?
K: No idea. Is this the bit where I say he's got a nice reason?
C: No, you don't have to find a nice one. I can see why that sounded like a trick. We can leave it there if you'd rather.
K: No, it's fine. Well, they've given him the second site, over in Wells. He's hardly here at all.
C: So there is a second site in Wells. If a friend told you this story about her boss, what would you say to her?
K: I'd say he's busy, you idiot. Not everything's about you.
C: You smiled as you said that. How would you put it for yourself, without the idiot?
K: He may just be busy. It doesn't mean he's done with me, I haven't asked him.
C: You haven't asked him. What could you try this week, to find out what his silence is about?
K: I could ring him about the Wells schedule. Not about me. Just see how he sounds.
C: Ring about the schedule and listen to how he sounds. How is this sitting with you now?
K: Better than on the way here. I'm not promising anything.
"""

LADDER = {
    "parrot": PARROT,
    "lecturer": LECTURER,
    "stuffer": STUFFER,
    "sycophant": SYCOPHANT,
    "eliza": ELIZA,
    "plain": PLAIN,
    "defense": DEFENSE,
    "alternative": ALTERNATIVE,
}


def play(script: str) -> Transcript:
    """Return the transcript of a script with one `C:` or `K:` message a line."""
    lines = [line.strip() for line in script.strip().splitlines()]
    speakers = {"C": Speaker.COUNSELOR, "K": Speaker.CLIENT}
    return tuple(
        Turn(speakers[line[0]], tuple(Sentence(part) for part in split_sentences(line[2:].strip())))
        for line in lines
    )


def retell(
    transcript: Transcript, change: dict[str, str] | None = None, *, add: str = ""
) -> Transcript:
    """Return the transcript with counselor text replaced (old → new) or with `add` appended to it."""
    turns = []
    for turn in transcript:
        text = turn.text
        if turn.speaker is Speaker.COUNSELOR:
            for old, new in (change or {}).items():
                text = text.replace(old, new)
            text = f"{text} {add}".strip()
        if text:
            turns.append(Turn(turn.speaker, tuple(Sentence(s) for s in split_sentences(text))))
    return tuple(turns)
