# Given. Built from course/g2c/corpora/story_words.py: there is nothing to write here.
"""Given code: the people, places and words of the toy stories, in the notation of `notation.py`."""

WORDS = r"""
# Who. {new hero.intro} draws the hero; {hero.name}, {hero.he} ... are that hero ever after.
hero: name intro He he him His his child
  7 Lily  | girl {named} Lily  | She | she | her | Her | her | girl
  7 Ben   | boy {named} Ben    | He  | he  | him | His | his | boy
  6 Mia   | girl {named} Mia   | She | she | her | Her | her | girl
  6 Tom   | boy {named} Tom    | He  | he  | him | His | his | boy
  5 Anna  | girl {named} Anna  | She | she | her | Her | her | girl
  5 Max   | boy {named} Max    | He  | he  | him | His | his | boy
  4 Rosa  | girl {named} Rosa  | She | she | her | Her | her | girl
  4 Leo   | boy {named} Leo    | He  | he  | him | His | his | boy
  3 Nora  | girl {named} Nora  | She | she | her | Her | her | girl
  3 Omar  | boy {named} Omar   | He  | he  | him | His | his | boy
  2 Priya | girl {named} Priya | She | she | her | Her | her | girl
  2 Finn  | boy {named} Finn   | He  | he  | him | His | his | boy
  2 Emma  | girl {named} Emma  | She | she | her | Her | her | girl
  2 Peter | boy {named} Peter  | He  | he  | him | His | his | boy
  1 Clara | girl {named} Clara | She | she | her | Her | her | girl
  1 Kofi  | boy {named} Kofi   | He  | he  | him | His | his | boy
named = 3 named | 2 called
friend: name intro
  6 Sam  | best friend Sam
  5 Zoe  | big sister Zoe
  5 Jack | big brother Jack
  4 Ella | cousin Ella
  4 Ravi | best friend Ravi
  3 Hugo | cousin Hugo
  3 Yuki | friend Yuki
  2 Ruth | neighbor Ruth
  2 Amir | friend Amir
  2 Paul | cousin Paul
  1 Ivy  | little sister Ivy
elder: name He he
  6 Grandma   | She | she
  5 Grandpa   | He  | he
  4 Mother    | She | she
  4 Father    | He  | he
  3 Aunt May  | She | she
  2 Uncle Joe | He  | he
nature: is most
  5 kind     | kindest
  5 brave    | bravest
  4 curious  | most curious
  4 clever   | cleverest
  3 cheerful | most cheerful
  3 gentle   | gentlest
  2 quiet    | quietest
  2 friendly | friendliest
  2 patient  | most patient
  1 polite   | most polite
pet: kind
  6 dog | 6 cat | 4 rabbit | 3 goat | 2 pony | 2 parrot | 2 donkey | 1 hen | 1 tortoise
pet_name: is
  5 Pip | 4 Misty | 4 Coco | 4 Biscuit | 3 Pepper | 3 Daisy | 2 Button | 2 Toffee | 2 Rex | 2 Olive
  2 Muffin | 1 Star | 1 Captain
fur = 5 brown | 4 white | 4 spotted | 3 gray | 3 fat | 2 lazy | 2 merry | 2 clever | 1 silly | 1 shy

# Where and when.
house: name
  5 small house | 4 yellow house | 3 stone cottage | 3 wooden cabin | 2 tall house | 2 red house
  2 white farmhouse | 1 crooked hut
where
  5 by the sea | 4 near the woods | 4 on top of a hill | 3 at the edge of the village
  3 beside a wide river | 3 next to a bakery | 2 behind the old windmill
  2 far away in the mountains | 1 at the end of a long road | 1 between two lakes
place: to at found
  5 to the park    | at the park   | under the big slide
  4 to the beach   | at the beach  | beside a castle of sand
  4 to the forest  | in the forest | between the roots of a tall tree
  3 to the meadow  | in the meadow | in the long grass
  3 to the river   | at the river  | on a flat stone near the water
  2 to the market  | at the market | behind a basket of apples
  2 to the farm    | at the farm   | on a bale of hay
weather: is night
  6 sunny  | the last warm light faded from the sky
  5 cloudy | the clouds drifted apart and the stars came out
  4 windy  | the wind grew quiet in the trees
  4 warm   | a cool breeze came through the window
  3 misty  | the moon rose bright and clear above the mist
  2 rainy  | the rain was over and the air was clear
  2 chilly | a small fire kept the room warm
part: of_day
  5 morning | 4 afternoon | 3 day
late
  4 the sun was low | 3 the bells rang | 3 they were hungry | 2 the lamps were lit
  2 the shadows grew long | 1 the first star came out

# What they do, see and say.
outdoors
  5 climb trees | 5 jump over puddles | 4 run in the grass | 4 roll down hills | 3 chase butterflies
  3 look for smooth stones | 3 splash in the water | 3 count clouds | 2 hop on one leg
  2 sail paper boats | 2 pick berries | 1 play in the mud | 1 race with the wind
indoors
  5 sing songs | 5 draw ships | 4 build tall towers | 4 read about stars | 3 bake bread
  3 tell funny stories | 2 paint pictures | 2 make puppets | 2 play the drum
  1 solve riddles | 1 knit long scarves | 1 dance in the kitchen
played
  4 played tag | 4 ran races | 3 played hide and seek | 3 looked for treasure | 2 told riddles
  2 threw stones into the water | 1 danced in a ring
along_the_way
  4 counted {number} {birds} | 3 sang {a_song} | 3 shared {snack} | 2 talked about {topic}
number = 4 two | 6 three | 4 four | 5 five | 3 six | 4 seven | 2 nine | 2 ten | 1 twelve
birds = 4 crows | 4 ducks | 3 swallows | 3 white geese | 2 herons | 1 sleepy owls
a_song = 3 a silly song | 3 every song they knew | 2 an old song about {dream}
snack
  4 a bag of cherries | 4 warm bread with jam | 3 two pears | 3 a piece of plum cake | 2 some nuts
topic = 4 dragons | 4 the moon | 3 whales | 2 what clouds are made of | 1 kings and queens
dream = 4 the stars | 4 ships with white sails | 3 flying | 2 a garden full of music | 1 snow
small = 4 small | 3 tiny | 2 thin | 2 sad
cried = 4 cried | 3 shouted | 2 called
asked = 4 asked | 1 wondered
smiled = 5 smiled | 3 nodded | 2 laughed

# How stories end.
night
  4 That night, {weather.night}, and {hero.name} {slept}.
  3 When {hero.he} went to bed, {weather.night}.
  3 And {pet_name.is} the {pet.kind} {lay_down} and {slept}.
memory
  4 {hero.name} never forgot that {weather.is} {part.of_day}.
  3 And from that day on, everyone called {hero.name} the {nature.most} {hero.child} {far_and_wide}.
  2 Even {pet_name.is} the {pet.kind} {rejoiced}.
rejoiced = 4 jumped for joy | 3 looked happy | 2 turned in a circle
slept = 4 slept soundly | 3 fell asleep at once | 3 dreamed of {dream}
lay_down = 3 lay down | 2 came in | 1 yawned
far_and_wide = 4 in the village | 3 for miles around | 2 in the whole land
"""
