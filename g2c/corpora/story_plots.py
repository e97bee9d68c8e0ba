# Given. Built from course/g2c/corpora/story_plots.py: there is nothing to write here.
"""Given code: what happens in the toy stories, in the notation of `notation.py`.

Each plot ends as its beginning asks: with the thing that was given, lost, promised or feared.
"""

PLOTS = r"""
story
  1 {opening} {about}\n{day} {plot}
opening
  6 Once upon a time, a {new nature.is} {new hero.intro} lived in a {new house.name} {where}.
  3 {new hero.name} was a {new nature.is} {hero.child} from a {new house.name} {where}.
  3 There once was a {new nature.is} {new hero.intro} who lived in a {new house.name} {where}.
  2 In a {new house.name} {where} lived a {new nature.is} {new hero.intro}.
about
  5 {hero.He} {loved} to {outdoors} with {hero.his} {fur} {new pet.kind} {new pet_name.is}.
  4 {hero.He} had a {fur} {new pet.kind} {named} {new pet_name.is}.
  3 {hero.name} {loved} to {indoors}, and so did {hero.his} {fur} {new pet.kind} {new pet_name.is}.
  2 {hero.His} {fur} {new pet.kind} {new pet_name.is} was always there when {hero.he} wanted to
    {outdoors} or to {indoors}.
loved = 4 loved | 3 liked | 1 always wanted
day
  5 One {new weather.is} {new part.of_day},
  3 Then, one {new weather.is} {new part.of_day},
  3 On a {new weather.is} {new part.of_day},
plot = 5 {gift} | 5 {lost} | 4 {promise} | 4 {stray} | 3 {fear} | 3 {cake} | 2 {seed}

# A thing is given in the beginning, and it saves the day.
gift
  1 {new elder.name} {gave} {hero.him} a {new tool.name}. {put_away} {walked} {water} with
    {hero.his} {new friend.intro}, and they {along_the_way}. {new trouble.what} {worry} {then}
    {hero.he} remembered the {tool.short}. {hero.He} {tool.help} {trouble.thanks}\n{gift_end}
put_away = 4 "{advice}," {elder.he} said. {hero.name} | 3 {hero.name} put it in {hero.his} {bag} and
gave = 4 gave | 3 handed | 2 brought
tool: name short help
  4 {brass} lantern   | lantern | {trouble.lantern}
  4 ball of {strong} string | string | {trouble.string}
  3 {shiny} whistle | whistle | {trouble.whistle}
brass = 3 brass | 2 little | 1 round
strong = 3 strong | 2 red | 1 thick
shiny = 3 shiny | 3 tin | 1 silver
advice
  4 Keep it close | 3 Take good care of it | 3 It is small, but it can do a lot
  2 One day it may help you | 1 I had it when I was as small as you
bag = 4 pocket | 3 backpack | 3 basket | 2 coat | 1 hat
walked = 4 walked | 3 wandered | 2 ran
water = 4 along the river | 3 around the lake | 3 beside the stream | 1 down to the shore
trouble: what thanks lantern string whistle
  4 {suddenly} {friend.name} fell into an old tunnel and could not find the way out.
    | "It was so dark in there," said {friend.name}.
    | lit the lantern, and its light showed {friend.name} the way.
    | threw in one end of the string, and {friend.name} followed it back to the daylight.
    | blew the whistle again and again, and {friend.name} followed the sound.
  3 They heard a {small} cry. A duckling had fallen into a {deep} hole.
    | The duckling shook its feathers and ran to its mother.
    | held up the lantern, and the duckling saw a way to climb out.
    | tied a basket to the string and pulled the duckling up.
    | blew the whistle until a farmer came with a long ladder.
  3 {friend.name} sat down in a little boat, and {softly} it began to drift away.
    | "You saved me!" said {friend.name}.
    | waved the lantern, and a fisherman saw it and rowed out to help.
    | threw one end of the string to {friend.name} and pulled the boat back.
    | blew the whistle, and a fisherman heard it and rowed out to help.
  2 Where the path ended, a farmer was looking for {number} lost goats.
    | The farmer was so glad that he gave them {snack}.
    | hung the lantern on the gate, and the goats came to see the pretty light.
    | made a long lead from the string, and they brought the goats home.
    | played a merry tune on the whistle, and the goats came to listen.
suddenly = 4 Suddenly | 2 All at once
deep = 4 deep | 3 narrow | 2 dark
softly = 3 softly | 3 slowly
worry
  4 "Oh no!" {cried} {hero.name}. | 3 "What now?" {asked} {hero.name}.
  3 At first {hero.name} did not know what to do.
then = 5 Then | 3 But then
gift_end
  4 At home {hero.he} told {elder.name} the whole story. {night}
  3 {elder.name} was very proud, and the {tool.short} got a place on the shelf. {memory}
  2 "Small things can do great work," said {elder.name} in the evening and {smiled}.

# A thing is lost, and found where its place says.
lost
  1 {hero.he} took {hero.his} {new color.is} {new toy.name} {new place.to}. {from_whom}
    {hero.his} {new friend.intro}, and they {played} until {late}. Then the {toy.name} was gone!
    {sad} {search} {found} It was the {color.is} {toy.name}!\n{hugged} {lost_end}
from_whom = 4 There {hero.he} met | 3 {giver} had {made} it for {hero.him}. {hero.He} met
search
  4 {hero.He} looked {near}, but there was only {junk}.
  3 They looked {near}, but there was only {junk}. They looked {far}, and saw {number} {birds}.
color: is
  5 red | 5 blue | 4 yellow | 4 green | 3 white | 2 purple | 2 silver | 1 pink
toy: name
  5 kite | 5 ball | 4 boat | 4 bear | 3 train | 3 drum | 2 horse | 2 robot | 1 puppet
giver = 4 Grandma | 3 Mother | 2 Grandpa | 1 Aunt May
made = 5 made | 4 bought | 3 painted
sad
  4 {hero.name} {began} to cry. | 3 "Where can it be?" {asked} {hero.name}.
  3 "Do not worry," said {friend.name}. "We will look together."
began = 3 wanted | 3 began
near = 4 behind a wall | 4 under a bench | 3 inside a hollow log | 2 between two barrels
far = 4 near the path | 4 next to the fence | 3 on the steps | 2 around the corner
junk
  4 a dry leaf | 4 an old shoe | 3 a {lonely} mitten | 3 a {lonely} snail | 2 a rusty key
  2 a heap of feathers | 1 a sleepy cat
lonely = 3 lonely | 2 brown | 2 wet
found
  4 Then {friend.name} saw something {color.is} {place.found}.
  4 At last {hero.name} saw something {color.is} {place.found}.
  3 But {pet_name.is} the {pet.kind} had found something {color.is} {place.found}.
hugged
  4 {hero.name} hugged {friend.name} and danced around. | 3 "Hooray!" {cried} {friend.name}.
  2 {hero.He} held it close and did not want to let go.
lost_end
  4 Now it was the turn of {friend.name} to play with it. {night}
  3 They walked back to the {house.name} hand in hand.
  3 After that, {hero.he} never left the {toy.name} {place.at} again. {memory}

# A promise is kept or forgotten, and the evening shows it.
promise
  1 {new elder.name} had to {errand}. "Will you {new chore.do} while I am away?" {elder.he} asked.
    "{yes}," said {hero.name}. {soon} {hero.his} {new friend.intro} {knocked}. "{come}!"
    {friend.name} {called}. {new word.choice} They {played} and {along_the_way} until
    {late}.\nWhen {elder.name} {came_home}, {word.result}
errand
  4 go to the market | 3 visit a {sick} friend | 3 take a letter to the village | 2 help at the mill
  1 catch a train
sick = 3 sick | 3 good
yes = 5 Yes, I promise | 4 I promise | 2 Of course I will
soon = 4 Soon | 3 A little later, | 2 Before long,
knocked = 4 knocked at the door | 3 came to the gate | 3 looked over the fence | 1 came running
come = 4 Come and play | 3 Come outside | 2 Let us play
called = 4 called | 3 said
chore: do did good bad
  4 water the beans | watered the beans | the beans stood tall and green
    | the beans hung their heads
  3 feed the hens | fed the hens | the hens were sitting in the straw
    | the hens were scratching at the door
  3 bring in the washing | brought in the washing | the shirts lay in the basket
    | the shirts had blown into the mud
  2 shut the garden gate | shut the garden gate | every cabbage was in its row
    | a goat was eating the cabbages
  2 sweep the kitchen | swept the kitchen | the kitchen floor was shining
    | the crumbs were still on the kitchen floor
  2 bake the bread | baked the bread | the house smelled of warm bread
    | there was no bread for supper
  1 wind the clock | wound the clock | the old clock was ticking | the old clock had stopped
word: choice result
  3 {kept}   | {chore.good}. {kept_end}
  2 {forgot} | {chore.bad}. {forgot_end}
kept
  3 "First I have to {chore.do}," said {hero.name}. {friend.name} {helped}, and together they
    {chore.did}.
  2 "Not yet," said {hero.name}. So {hero.he} {chore.did} before anything else.
helped = 4 was happy to help | 3 did not mind | 2 helped
forgot
  3 {hero.name} forgot all about {elder.name} and {ran_out}.
  2 "I can {chore.do} later," thought {hero.name}, and {hero.he} {ran_out}.
ran_out = 4 ran outside | 3 raced down the path | 2 skipped away | 1 jumped over the fence
came_home = 4 came home | 3 came back | 2 opened the door again
kept_end
  4 "You kept your promise," {elder.he} said, and {elder.he} gave them {snack}.
  3 {elder.He} {smiled} and said that a promise kept is worth more than gold. {memory}
forgot_end
  4 "I am sorry. I forgot," said {hero.name}. {elder.name} {forgave}. The next morning {hero.he}
    {chore.did} before breakfast.
  3 {hero.name} {felt} very sorry and {chore.did} at once. {night}
forgave = 4 took {hero.him} by the hand | 3 gave {hero.him} a hug | 2 thought for a while and nodded
felt = 3 felt | 2 was

# A young animal has lost its mother: its kind says how it calls and where it belongs.
stray
  1 {hero.name} heard a {small} sound {near}. It was a {new animal.young}, all alone.
    "{animal.call}!" it cried. {comfort} {they_met} a {new guide.name}. "{look} {animal.home},"
    {advised} the {guide.name}. So they {hurried}.\nAnd there, {animal.home}, {waited} the
    {animal.mother}. "{animal.answer}!" she called, and the {animal.young} {ran} to her. {stray_end}
animal: young call mother answer home
  5 duckling | Peep, peep   | duck  | Quack, quack | at the pond
  5 kitten   | Mew, mew     | cat   | Meow, meow   | in the barn
  4 puppy    | Yip, yip     | dog   | Woof, woof   | in the farmyard
  4 lamb     | Maa, maa     | sheep | Baa, baa     | on the hillside
  3 chick    | Cheep, cheep | hen   | Cluck, cluck | in the henhouse
  2 piglet   | Eek, eek     | pig   | Oink, oink   | behind the stable
  2 gosling  | Weep, weep   | goose | Honk, honk   | beside the mill
  1 calf     | Moo          | cow   | Moo, moo     | under the oak
comfort
  3 "Do not be afraid," said {hero.name}. "We will find your mother."
  3 {hero.name} {picked_up} and kept it warm. | 2 {hero.name} sat down and {stroked} it.
  2 "You poor little thing," said {hero.name}.
picked_up = 3 picked it up | 2 took it in both arms
stroked = 3 stroked | 2 comforted
they_met
  4 On the way they met
  3 They asked a {sleeper}, but it had slept all {part.of_day}. Then they met
look = 4 Look | 3 Try | 3 I heard a {animal.mother}
sleeper = 4 snail | 4 toad | 3 mole | 2 bat | 1 dormouse
guide: name
  4 frog | 4 squirrel | 3 crow | 3 robin | 2 hedgehog | 2 wise old owl | 1 beetle
advised = 4 said | 2 whispered
hurried
  4 hurried off | 3 followed the path | 3 ran as fast as they could | 1 crossed {number} fields
waited = 4 stood | 3 waited
ran = 4 ran | 3 hurried
stray_end
  4 {hero.He} waved good-bye, and on the way back {hero.he} thanked the {guide.name}. {night}
  3 Ever since, the {animal.young} has come to the {house.name} each week to play. {memory}
  3 "Come and see us again," said {hero.name}.

# A fear, and the trick that a friend knows against it.
fear
  1 {hero.his} {new friend.intro} {meant} to {new scare.plan}. "I {cannot}," {sighed} {hero.name}.
    "I am afraid of {scare.of}." {trick_told} {at_first} {hero.he} {scare.first}. {again}
    {hero.He} {trick.did} and {scare.did}. {cheer}\n{after_that} {hero.name} was not afraid of
    {scare.of} any more. {fear_end}
scare: plan of first did
  4 swim in the lake | deep water | {touched} the water and ran back | swam all the way to the raft
  4 climb the tall oak | high places | got to the lowest branch and held on tight
    | climbed up to the very top
  3 look for bats in the barn | the dark | heard a board creak and ran out
    | walked to the far end of the barn
  2 ride the big gray horse | big animals | heard the horse snort and jumped back
    | rode {number} times around the field
  2 sing at the village fair | crowds | saw all the people and sat down again
    | sang every word of the song
  2 sail to the island | the wind | felt the boat rock and climbed out
    | held the rudder all the way
  1 walk through the deep forest | wolves | saw something gray and turned around
    | found that it was only a {small} donkey
meant = 4 wanted | 3 was going | 2 asked {hero.him}
at_first = 4 The first time, | 3 At first
again = 4 But {hero.he} tried {once_more}. | 3 "Once more!" {cried} {friend.name}.
once_more = 4 again | 3 once more
touched = 3 touched | 2 looked at
cannot = 4 cannot | 2 do not dare
sighed = 4 said | 3 whispered | 2 sighed
trick_told
  3 {friend.name} did not laugh. "{new trick.advice}," said {friend.name}.
  3 "Once I was afraid, too. {new trick.advice}," said {friend.name}.
trick: advice did
  4 Count to {number} | counted slowly
  4 Take a deep breath | took a deep breath
  3 Hum a little tune | hummed a little tune
  2 Think of something nice | thought of {dream}
  2 Hold my hand | held the hand of {friend.name}
  2 Close your eyes for a moment | closed {hero.his} eyes for a moment
cheer
  4 "You did it!" {cried} {friend.name}. | 3 {friend.name} clapped and clapped.
  2 How proud {hero.he} was!
after_that = 4 After that, | 3 From then on,
fear_end
  4 And when a smaller child was scared, {hero.he} said, "{trick.advice}." | 3 {night} | 3 {memory}

# A cake needs something borrowed: who lent it gets a slice.
cake
  1 {hero.he} wanted to bake a {new treat.name} for {hero.his} {new friend.intro}. But there was no
    {new missing.name} left in the {house.name}! So {hero.he} {went} to the {new neighbor.name}.
    "May I have {missing.some}, please?" {hero.he} asked. "{gladly}, if you {new favor.do}," said
    the {neighbor.name}. {hero.name} {favor.did}, and {soon_it} the {treat.name}
    was {ready}.\n{friend.name} took one bite and {praised}. {cake_end}
treat: name
  5 chocolate cake | 4 lemon cake | 4 plum pie | 3 carrot cake | 2 cherry pie | 2 walnut cake
missing: name some
  5 sugar    | a cup of sugar
  4 butter   | a piece of butter
  4 flour    | a bag of flour
  3 milk     | a jug of milk
  2 honey    | a jar of honey
  1 cinnamon | a pinch of cinnamon
went = 4 ran | 3 went | 2 hurried
neighbor: name
  4 farmer | 4 baker | 3 miller | 3 painter | 2 fisherman | 1 clockmaker
gladly = 4 Gladly | 3 Of course | 2 Yes
favor: do did
  4 feed my cat | fed the cat
  4 sweep my steps | swept the steps
  3 carry these apples inside | carried the apples inside
  3 tell me a story | told a story about {dream}
  2 find my glasses | found the glasses on the {neighbor.name}'s nose
soon_it = 4 soon | 3 an hour later
ready = 4 ready | 3 golden brown | 2 steaming on the table
praised = 4 asked for more | 3 {smiled} happily | 3 licked every finger
cake_end
  4 Then {hero.name} took a {big} slice to the {neighbor.name}. {memory}
  3 They {saved} the last slice for the {neighbor.name}, and {pet_name.is} got the crumbs.
  2 "Without the {missing.name} there would be no {treat.name}," said {hero.name}.
saved = 4 kept | 3 saved
big = 4 big | 3 warm

# A seed and much patience: what is planted is what grows.
seed
  1 {new elder.name} found a {new plant.seed} in {drawer}. "Plant it and wait," {elder.he} said.
    {hero.name} planted it {earth} and watered it every {evening}. After {number} days there was
    nothing to see. "{doubt}," said {hero.his} {new friend.intro}. But {hero.name} {kept_on}. After
    {number} weeks, {sprout}. And when summer ended, {plant.grown}.\n{hero.name} gave
    {friend.name} {plant.gift}. {seed_end}
plant: seed grown gift
  4 pumpkin seed | there was a pumpkin as big as a {wheel} | a bowl of pumpkin soup
  4 sunflower seed | a sunflower looked over the roof | the biggest yellow flower of all
  3 bean | the beans had climbed up to the window | a basket of green beans
  2 melon seed | a round melon lay in the sun | a sweet slice of melon
  2 tomato seed | the stems were heavy with tomatoes | {number} ripe tomatoes
drawer = 3 a drawer | 3 an old box | 2 a coat pocket
earth = 4 in the garden | 3 in a clay pot | 3 beside the door
evening = 4 evening | 3 morning
doubt = 3 Nothing will come of it | 3 I think it is asleep | 1 You will wait for ever
kept_on = 4 waited | 3 did not give up | 2 kept on hoping
sprout
  4 a green tip came out of the earth | 3 two small leaves opened | 2 something stirred in the earth
wheel = 3 wheel | 2 washtub | 2 sheep
seed_end
  4 "Good things take time," said {elder.name}. {memory}
  3 "I was wrong," said {friend.name}, and they both laughed. {memory}
  2 {hero.He} kept one new seed for the spring to come.
"""
